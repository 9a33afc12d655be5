"""Does every statement of the application name the project? What is meant by that, and the test.

`tables` says which tables belong to a project, `judging` what a statement names, `recording`
listens to the whole suite, `exceptions` lists who may do without and why.
"""
