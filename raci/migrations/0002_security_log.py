"""The security log in a schema of its own, owned by a role that nobody signs in as."""

from __future__ import annotations

from typing import Any

from django.db import ProgrammingError, migrations, models

OWNER = "raci_audit"
ADVICE = (
    "データベースの役割 raci_audit を用意できません。データベースの管理者が次を実行してから、"
    "もう一度 migrate してください（1行目は、役割が既にあれば不要です。migrate の後は "
    "REVOKE raci_audit FROM {app}; で戻してください）: "
    "CREATE ROLE raci_audit NOLOGIN; GRANT raci_audit TO {app};"
)

# Roles belong to the whole server: another database may be creating the same one right now.
ROLE = """
DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'raci_audit') THEN
        CREATE ROLE raci_audit NOLOGIN;
    END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END $$
"""

# Run as the owner.
TABLE = """
CREATE TABLE raci_audit.event (
    id bigint PRIMARY KEY,
    at timestamptz NOT NULL,
    kind text NOT NULL CHECK (kind <> ''),
    user_id bigint,
    project_id bigint,
    vendor_id bigint,
    details jsonb NOT NULL,
    previous text NOT NULL UNIQUE,
    hash text NOT NULL UNIQUE
);
CREATE INDEX event_project ON raci_audit.event (project_id, id) WHERE project_id IS NOT NULL;
CREATE INDEX event_user ON raci_audit.event (user_id, id) WHERE user_id IS NOT NULL;

CREATE FUNCTION raci_audit.chain() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$
DECLARE last raci_audit.event;
BEGIN
    -- Held until the transaction ends: the next writer sees this line or that it never was.
    PERFORM pg_advisory_xact_lock(hashtextextended('raci_audit.event', 0));
    SELECT * INTO last FROM raci_audit.event ORDER BY id DESC LIMIT 1;
    NEW.id = coalesce(last.id, 0) + 1;
    NEW.at = clock_timestamp();
    NEW.previous = coalesce(last.hash, repeat('0', 64));
    NEW.hash = encode(sha256(convert_to(jsonb_build_array(
        NEW.id, to_char(NEW.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'),
        NEW.kind, NEW.user_id, NEW.project_id, NEW.vendor_id, NEW.details, NEW.previous
    )::text, 'UTF8')), 'hex');
    RETURN NEW;
END $$;
CREATE TRIGGER chain BEFORE INSERT ON raci_audit.event
    FOR EACH ROW EXECUTE FUNCTION raci_audit.chain();

CREATE FUNCTION raci_audit.refuse() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog AS $$
BEGIN
    RAISE EXCEPTION 'the security log is append-only' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER refuse BEFORE UPDATE OR DELETE OR TRUNCATE ON raci_audit.event
    FOR EACH STATEMENT EXECUTE FUNCTION raci_audit.refuse();

GRANT USAGE ON SCHEMA raci_audit TO {app};
GRANT SELECT, INSERT (kind, user_id, project_id, vendor_id, details)
    ON raci_audit.event TO {app};
"""


def create(_: Any, schema_editor: Any) -> None:
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT quote_ident(current_user), current_setting('server_version_num')")
        app, version = cursor.fetchone()
        try:
            cursor.execute(ROLE)
            joined = _join(cursor, app, may_set=int(version) >= 160000)
            cursor.execute(f"CREATE SCHEMA {OWNER} AUTHORIZATION {OWNER}")
            cursor.execute(f"SET LOCAL ROLE {OWNER}")
        except ProgrammingError as error:
            raise ProgrammingError(ADVICE.format(app=app)) from error
        cursor.execute(TABLE.format(app=app))
        cursor.execute(f"SET LOCAL ROLE {app}")
        if joined:
            cursor.execute(f"REVOKE {OWNER} FROM {app}")


def _join(cursor: Any, app: str, *, may_set: bool) -> bool:
    """Lets the role act as the owner for this transaction. False when it could already."""
    right = "SET" if may_set else "MEMBER"
    cursor.execute("SELECT pg_has_role(current_user, %s, %s)", [OWNER, right])
    if cursor.fetchone()[0]:
        return False
    options = " WITH SET TRUE, INHERIT FALSE" if may_set else ""
    cursor.execute(f"GRANT {OWNER} TO {app}{options}")
    return True


class Migration(migrations.Migration):
    dependencies = [("raci", "0001_buckets")]

    operations = [
        # No way back: the log is not taken away by a migration.
        migrations.RunPython(create),
        migrations.CreateModel(
            name="SecurityEvent",
            fields=[
                ("id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
                ("kind", models.TextField()),
                ("user_id", models.BigIntegerField(null=True)),
                ("project_id", models.BigIntegerField(null=True)),
                ("vendor_id", models.BigIntegerField(null=True)),
                ("details", models.JSONField()),
                ("previous", models.TextField()),
                ("hash", models.TextField()),
            ],
            options={
                "verbose_name": "セキュリティ記録",
                "verbose_name_plural": "セキュリティ記録",
                "db_table": '"raci_audit"."event"',
                "ordering": ("-id",),
                "managed": False,
            },
        ),
    ]
