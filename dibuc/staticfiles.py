"""Static files with content hashes in their names, ES module imports included."""

from django.contrib.staticfiles.storage import ManifestStaticFilesStorage


class ModuleManifestStorage(ManifestStaticFilesStorage):
    """Django's manifest storage that also rewrites `import` in ES modules."""

    support_js_module_import_aggregation = True
    # A file's name follows from the names of what it imports, and a pass settles as little as
    # one step of that: as many as the longest chain of imports may need. It stops when done.
    max_post_process_passes = 30
