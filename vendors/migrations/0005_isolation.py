"""Row-level security for the requests of companies, which run as the role raci_vendor.

Who looks stands in settings of the transaction (`vendors.access.row_security`); which rows these
people may see is decided here, from contracts and memberships, whatever the application asks for.
FORCE makes the rules hold for the tables' owner too; everybody but raci_vendor may see all.
"""

from typing import Any

from django.db import ProgrammingError, migrations

ROLE = "raci_vendor"
ADVICE = (
    "データベースの役割 raci_vendor を用意できません。データベースの管理者が次を実行してから、"
    "もう一度 migrate してください（最初の文は、役割が既にあれば不要です）: "
    "CREATE ROLE raci_vendor NOLOGIN; GRANT raci_vendor TO {app};"
)
CREATE = """
DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'raci_vendor') THEN
        CREATE ROLE raci_vendor NOLOGIN;
    END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END $$
"""

FUNCTIONS = """
CREATE FUNCTION vendors_person() RETURNS bigint LANGUAGE sql STABLE AS
$$ SELECT NULLIF(current_setting('raci.person', true), '')::bigint $$;

CREATE FUNCTION vendors_shown_as() RETURNS bigint LANGUAGE sql STABLE AS
$$ SELECT NULLIF(current_setting('raci.shown_as', true), '')::bigint $$;

-- The parts of the person's companies; of the company shown, where a manager looks as one.
CREATE FUNCTION vendors_seats() RETURNS TABLE (vendor_id bigint, project_id bigint, role_id bigint)
LANGUAGE sql STABLE SECURITY DEFINER ROWS 20 SET search_path = {schema}, pg_temp AS
$$
SELECT contract.vendor_id, contract.project_id, contract.role_id
FROM vendors_contract contract
WHERE CASE WHEN vendors_shown_as() IS NULL THEN EXISTS (
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
$$;

-- The history notes who acts, in a table that companies cannot read.
ALTER FUNCTION _pgh_attach_context() SECURITY DEFINER SET search_path = {schema}, pg_temp;
"""
NO_FUNCTIONS = """
ALTER FUNCTION _pgh_attach_context() SECURITY INVOKER RESET search_path;
DROP FUNCTION vendors_seats(); DROP FUNCTION vendors_shown_as(); DROP FUNCTION vendors_person();
"""

PAIR = "(vendor_id, project_id) IN (SELECT vendor_id, project_id FROM vendors_seats())"
PROJECT = "IN (SELECT project_id FROM vendors_seats())"
OWN_ROLES = "role_ids && ARRAY(SELECT role_id FROM vendors_seats())"
SPEAKS = "vendors_shown_as() IS NULL AND person_id = vendors_person()"
ON_OWN_ROW = """EXISTS (
    SELECT 1 FROM projects_editionrow line
    WHERE line.project_id = {table}.project_id AND line.uid = {table}.uid
)"""

# table: columns that can be read, what can be written, which rows are there
READ = {
    "projects_project": ("id, slug, title, document_number", f"id {PROJECT}"),
    "projects_edition": (
        "id, project_id, number, title, date, note, head, legend, at",
        f"project_id {PROJECT}",
    ),
    "projects_editionrow": ("*", OWN_ROLES),
    "vendors_vendor": (
        "*",
        """id IN (
            SELECT vendor_id FROM vendors_seats()
            UNION SELECT vendor_id FROM vendors_member WHERE user_id = vendors_person() AND active
        )""",
    ),
    "vendors_contract": (
        "*",
        "(vendor_id, project_id, role_id) IN (SELECT * FROM vendors_seats())",
    ),
    "vendors_member": ("*", "user_id = vendors_person()"),
    "vendors_confirmation": ("*", PAIR),
    "vendors_question": ("*", PAIR),
    "vendors_message": ("*", PAIR),
}
WRITE = {
    "vendors_confirmation": (
        "INSERT, UPDATE (edition_number, person_id, person_name, at, state)",
        f"{PAIR} AND {SPEAKS} AND {ON_OWN_ROW}",
    ),
    "vendors_question": (
        "INSERT, UPDATE (state, at)",
        f"{PAIR} AND vendors_shown_as() IS NULL AND {ON_OWN_ROW}",
    ),
    "vendors_message": ("INSERT", f"{PAIR} AND {SPEAKS} AND {ON_OWN_ROW} AND side = 'company'"),
}
EVENTS = ("vendors_confirmationevent", "vendors_questionevent")


def create_role(_apps: Any, schema_editor: Any) -> None:
    """The role is the cluster's: another database, perhaps at this moment, may have made it."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT quote_ident(current_user), current_setting('server_version_num')")
        app, version = cursor.fetchone()
        try:
            cursor.execute(CREATE)
            # One after the other: two grants of one role at a time disturb each other.
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('raci_roles'))")
            _join(cursor, app, may_set=int(version) >= 160000)
        except ProgrammingError as error:
            raise ProgrammingError(ADVICE.format(app=app)) from error


def _join(cursor: Any, app: str, *, may_set: bool) -> None:
    """Lets the application become the role for a transaction."""
    cursor.execute(
        "SELECT pg_has_role(current_user, %s, %s)", [ROLE, "SET" if may_set else "MEMBER"]
    )
    if not cursor.fetchone()[0]:
        options = " WITH SET TRUE, INHERIT FALSE" if may_set else ""
        cursor.execute(f"GRANT {ROLE} TO {app}{options}")


def create_functions(_apps: Any, schema_editor: Any) -> None:
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT quote_ident(current_schema())")
        (schema,) = cursor.fetchone()
    schema_editor.execute(FUNCTIONS.replace("{schema}", schema))
    schema_editor.execute(f"GRANT USAGE ON SCHEMA {schema} TO {ROLE}")


def drop_functions(_apps: Any, schema_editor: Any) -> None:
    schema_editor.execute(NO_FUNCTIONS)


def protect(_apps: Any, schema_editor: Any) -> None:
    for table, (columns, rule) in READ.items():
        listed = "" if columns == "*" else f" ({columns})"
        schema_editor.execute(f"GRANT SELECT{listed} ON {table} TO {ROLE}")
        schema_editor.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        schema_editor.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        schema_editor.execute(
            f"CREATE POLICY everybody_else ON {table} USING (current_user <> '{ROLE}')"
        )
        schema_editor.execute(
            f"CREATE POLICY company ON {table} FOR SELECT TO {ROLE} USING ({rule})"
        )
    for table, (acts, rule) in WRITE.items():
        check = rule.format(table=table)
        schema_editor.execute(f"GRANT {acts} ON {table} TO {ROLE}")
        schema_editor.execute(
            f"CREATE POLICY company_says ON {table} FOR INSERT TO {ROLE} WITH CHECK ({check})"
        )
        if "UPDATE" in acts:
            schema_editor.execute(
                f"CREATE POLICY company_changes ON {table} FOR UPDATE TO {ROLE} "
                f"USING ({PAIR}) WITH CHECK ({check})"
            )
    for table in EVENTS:
        schema_editor.execute(f"GRANT INSERT ON {table} TO {ROLE}")


def unprotect(_apps: Any, schema_editor: Any) -> None:
    for table in WRITE:
        schema_editor.execute(f"DROP POLICY company_says ON {table}")
        schema_editor.execute(f"DROP POLICY IF EXISTS company_changes ON {table}")
    for table in READ:
        schema_editor.execute(f"DROP POLICY company ON {table}")
        schema_editor.execute(f"DROP POLICY everybody_else ON {table}")
        schema_editor.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
        schema_editor.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
    for table in (*READ, *EVENTS):
        schema_editor.execute(f"REVOKE ALL ON {table} FROM {ROLE}")


def keep_role(_apps: Any, _schema_editor: Any) -> None:
    """Another database of the cluster may use it."""


class Migration(migrations.Migration):
    dependencies = [
        ("vendors", "0004_work"),
        ("projects", "0006_edition_rows_within"),
        ("pghistory", "0007_auto_20250421_0444"),
        ("auth", "0012_alter_user_first_name_max_length"),
    ]
    operations = [
        migrations.RunPython(create_role, keep_role),
        migrations.RunSQL(
            "ALTER TABLE vendors_message ADD CONSTRAINT message_question "
            "FOREIGN KEY (project_id, vendor_id, question_id) "
            "REFERENCES vendors_question (project_id, vendor_id, id) DEFERRABLE INITIALLY DEFERRED",
            "ALTER TABLE vendors_message DROP CONSTRAINT message_question",
        ),
        migrations.RunPython(create_functions, drop_functions),
        migrations.RunPython(protect, unprotect),
    ]
