from __future__ import annotations

from whitenoise.storage import CompressedManifestStaticFilesStorage


class ModuleStorage(CompressedManifestStaticFilesStorage):
    """Hashed and compressed static files; imports between ES modules are rewritten too."""

    support_js_module_import_aggregation = True
