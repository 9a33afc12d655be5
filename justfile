# The commands of everyday work; CONTRIBUTING.md explains them. `just` alone lists them.

_default:
    @just --list

# all gates over all files; .pre-commit-config.yaml lists them
check:
    bash .ci/gates

# the tests but for the slow ones
test:
    .venv/bin/pytest

# the tests that need neither a browser nor a whole site
fast:
    .venv/bin/pytest -m "not slow" --ignore=tests/browser --ignore=tests/system

# the site on this machine with the real 別紙10 in it
demo:
    .venv/bin/python manage.py demo

# format, lint, types and tests of the scripts (needs Node.js 20 or later)
js:
    npm ci && npm run check && npm test
