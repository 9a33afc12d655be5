"""Says at once that somebody's password changed or that they may no longer sign in."""

from django.db import migrations

CREATE = """
CREATE FUNCTION raci_person_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('raci_people', NEW.id::text);
    RETURN NULL;
END $$;
CREATE TRIGGER raci_person_changed AFTER UPDATE ON auth_user FOR EACH ROW
    WHEN (OLD.password IS DISTINCT FROM NEW.password OR OLD.is_active <> NEW.is_active)
    EXECUTE FUNCTION raci_person_changed();
CREATE TRIGGER raci_person_deleted AFTER DELETE ON auth_user FOR EACH ROW
    EXECUTE FUNCTION raci_person_gone();
"""
GONE = """
CREATE FUNCTION raci_person_gone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('raci_people', OLD.id::text);
    RETURN NULL;
END $$;
"""
DROP = """
DROP TRIGGER raci_person_changed ON auth_user;
DROP TRIGGER raci_person_deleted ON auth_user;
DROP FUNCTION raci_person_changed();
DROP FUNCTION raci_person_gone();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("raci", "0002_security_log"),
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [migrations.RunSQL(GONE + CREATE, DROP)]
