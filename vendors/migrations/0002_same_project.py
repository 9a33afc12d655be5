"""A contract's role belongs to the contract's project."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("vendors", "0001_initial"), ("projects", "0002_same_project")]
    operations = [
        migrations.RunSQL(
            "ALTER TABLE vendors_contract ADD CONSTRAINT contract_role "
            "FOREIGN KEY (project_id, role_id) REFERENCES projects_role (project_id, id) "
            "DEFERRABLE INITIALLY DEFERRED",
            "ALTER TABLE vendors_contract DROP CONSTRAINT contract_role",
        )
    ]
