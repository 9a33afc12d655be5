"""Companies have no seat in an archived project: nothing of it is there for them."""

from typing import Any

from django.db import migrations

SEATS = """
CREATE OR REPLACE FUNCTION vendors_seats()
RETURNS TABLE (vendor_id bigint, project_id bigint, role_id bigint)
LANGUAGE sql STABLE SECURITY DEFINER ROWS 20 SET search_path = {schema}, pg_temp AS
$$
SELECT contract.vendor_id, contract.project_id, contract.role_id
FROM vendors_contract contract
WHERE {in_use}CASE WHEN vendors_shown_as() IS NULL THEN EXISTS (
    SELECT 1 FROM vendors_member member JOIN auth_user person ON person.id = member.user_id
    WHERE member.vendor_id = contract.vendor_id AND member.user_id = vendors_person()
        AND member.active AND person.is_active
        AND (member.project_id IS NULL OR member.project_id = contract.project_id)
) ELSE contract.vendor_id = vendors_shown_as() AND EXISTS (
    SELECT 1 FROM auth_user person LEFT JOIN projects_membership membership
        ON membership.user_id = person.id AND membership.project_id = contract.project_id
    WHERE person.id = vendors_person() AND person.is_active
        AND (person.is_superuser OR membership.kind = 'manager')
) END
$$
"""
IN_USE = """EXISTS (
    SELECT 1 FROM projects_project project
    WHERE project.id = contract.project_id AND project.archived_at IS NULL
) AND """


def replace(schema_editor: Any, in_use: str) -> None:
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT quote_ident(current_schema())")
        (schema,) = cursor.fetchone()
    schema_editor.execute(SEATS.replace("{schema}", schema).replace("{in_use}", in_use))


def forwards(_apps: Any, schema_editor: Any) -> None:
    replace(schema_editor, IN_USE)
    schema_editor.execute("GRANT SELECT (archived_at) ON projects_project TO raci_vendor")


def backwards(_apps: Any, schema_editor: Any) -> None:
    replace(schema_editor, "")
    schema_editor.execute("REVOKE SELECT (archived_at) ON projects_project FROM raci_vendor")


class Migration(migrations.Migration):
    dependencies = [
        ("vendors", "0006_reminder"),
        ("projects", "0007_archived"),
    ]
    operations = [migrations.RunPython(forwards, backwards)]
