"""The database itself refuses to change or remove audit entries."""

from django.db import migrations

REFUSE = "BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END"
SQLITE = [
    f"CREATE TRIGGER audit_no_update BEFORE UPDATE ON company_auditentry {REFUSE}",
    f"CREATE TRIGGER audit_no_delete BEFORE DELETE ON company_auditentry {REFUSE}",
]
SQLITE_BACK = ["DROP TRIGGER audit_no_update", "DROP TRIGGER audit_no_delete"]
POSTGRESQL = [
    """
    CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'the audit log is append-only' USING ERRCODE = '23001'; END $$
    """,
    """
    CREATE TRIGGER audit_no_change BEFORE UPDATE OR DELETE ON company_auditentry
    FOR EACH ROW EXECUTE FUNCTION audit_refuse()
    """,
    """
    CREATE TRIGGER audit_no_truncate BEFORE TRUNCATE ON company_auditentry
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()
    """,
]
POSTGRESQL_BACK = [
    "DROP TRIGGER audit_no_change ON company_auditentry",
    "DROP TRIGGER audit_no_truncate ON company_auditentry",
    "DROP FUNCTION audit_refuse()",
]


def run(schema_editor, sqlite, postgresql):
    for statement in postgresql if schema_editor.connection.vendor == "postgresql" else sqlite:
        schema_editor.execute(statement)


def protect(apps, schema_editor):
    # The row is there from the start, so that the first entry finds a lock to take.
    apps.get_model("company", "AuditHead").objects.create(pk=1, number=0, digest="0" * 64)
    run(schema_editor, SQLITE, POSTGRESQL)


def unprotect(apps, schema_editor):
    run(schema_editor, SQLITE_BACK, POSTGRESQL_BACK)
    apps.get_model("company", "AuditHead").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("company", "0003_audit")]
    operations = [migrations.RunPython(protect, unprotect)]
