"""A row of an edition belongs to the edition's project."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("projects", "0005_editions")]
    operations = [
        migrations.RunSQL(
            "ALTER TABLE projects_editionrow ADD CONSTRAINT editionrow_edition "
            "FOREIGN KEY (project_id, edition_id) REFERENCES projects_edition (project_id, id)",
            "ALTER TABLE projects_editionrow DROP CONSTRAINT editionrow_edition",
        )
    ]
