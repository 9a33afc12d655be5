"""What must be fast, measured against peers on the same rows: `python -m tests.bench`.

Every benchmark is a script of its own (`python -m tests.bench.page`) with its own embedded
database in a temporary folder. Figures are ratios within one run, medians of interleaved rounds.
"""
