"""The whole site on real processes: two web machines, poolers, a failover pair; and their end.

`RACI_SYSTEM=1 pytest tests/system` runs the full form; without it a short one runs.
"""
