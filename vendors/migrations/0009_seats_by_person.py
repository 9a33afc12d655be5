"""Who sits where is found from the person's companies, not by looking at every contract."""

import importlib
from typing import Any

from django.db import migrations

before = importlib.import_module("vendors.migrations.0007_archived")

SEATS = """
CREATE OR REPLACE FUNCTION vendors_seats()
RETURNS TABLE (vendor_id bigint, project_id bigint, role_id bigint)
LANGUAGE sql STABLE SECURITY DEFINER ROWS 20 SET search_path = {schema}, pg_temp AS
$$
SELECT contract.vendor_id, contract.project_id, contract.role_id
FROM vendors_member member JOIN auth_user person ON person.id = member.user_id
JOIN vendors_contract contract ON contract.vendor_id = member.vendor_id
JOIN projects_project project ON project.id = contract.project_id AND project.archived_at IS NULL
WHERE vendors_shown_as() IS NULL AND member.user_id = vendors_person()
    AND member.active AND person.is_active
    AND (member.project_id IS NULL OR member.project_id = contract.project_id)
UNION
SELECT contract.vendor_id, contract.project_id, contract.role_id
FROM vendors_contract contract
JOIN projects_project project ON project.id = contract.project_id AND project.archived_at IS NULL
JOIN auth_user person ON person.id = vendors_person() AND person.is_active
LEFT JOIN projects_membership membership
    ON membership.user_id = person.id AND membership.project_id = contract.project_id
WHERE contract.vendor_id = vendors_shown_as()
    AND (person.is_superuser OR membership.kind = 'manager')
$$
"""


def forwards(_apps: Any, schema_editor: Any) -> None:
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT quote_ident(current_schema())")
        (schema,) = cursor.fetchone()
    schema_editor.execute(SEATS.replace("{schema}", schema))


def backwards(_apps: Any, schema_editor: Any) -> None:
    before.replace(schema_editor, before.IN_USE)


class Migration(migrations.Migration):
    dependencies = [("vendors", "0008_messages_within")]
    operations = [migrations.RunPython(forwards, backwards)]
