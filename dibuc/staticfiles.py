"""Static files with content hashes in their names, ES module imports included."""

from django.contrib.staticfiles.storage import ManifestStaticFilesStorage


class ModuleManifestStorage(ManifestStaticFilesStorage):
    """Django's manifest storage that also rewrites `import` in ES modules."""

    support_js_module_import_aggregation = True
