"""PostgreSQL's part of the database wall: what the role of this connection could reach of what is sealed."""

from __future__ import annotations

from typing import Any

from trial.walls.database_grants import SEALED_PREFIXES

MIGHT_BE = "SELECT r.* FROM pg_roles r WHERE pg_has_role(session_user, r.oid, 'MEMBER')"
"""The role that logged in and every role that it could become by SET ROLE, whether it inherits or not."""

POWERS = f"""
SELECT m.rolname, p.power FROM ({MIGHT_BE}) m CROSS JOIN LATERAL (VALUES
  ('SUPERUSER', m.rolsuper), ('BYPASSRLS', m.rolbypassrls),
  ('CREATEROLE', m.rolcreaterole), ('REPLICATION', m.rolreplication)) p (power, held)
WHERE p.held ORDER BY 1, 2
"""  # noqa: S608 - words of our own
"""Attributes that open every table, or lead to a role or a copy that does."""

MEMBERSHIPS = f"""
SELECT m.rolname FROM ({MIGHT_BE}) m WHERE m.rolname ~ '^pg_' ORDER BY 1
"""  # noqa: S608 - words of our own
"""PostgreSQL's own roles, each of which reads or does more than a door needs: all data, files, statistics."""

SEALED = """
WITH RECURSIVE leads (here, there) AS (
  SELECT d.refobjid, w.ev_class FROM pg_depend d JOIN pg_rewrite w ON w.oid = d.objid
  WHERE d.classid = 'pg_rewrite'::regclass AND d.refclassid = 'pg_class'::regclass
  UNION ALL SELECT inhparent, inhrelid FROM pg_inherits
), sealed (id) AS (
  SELECT c.oid FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p', 'f', 'v', 'm', 'S') AND c.relname ~ %s
    AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
  UNION SELECT l.there FROM sealed s JOIN leads l ON l.here = s.id
)
"""
"""Sealed tables and sequences in any schema, and the views and partitions of them under whatever name."""

RELATIONS = f"""{SEALED}
SELECT m.rolname, c.relowner = m.oid AS owned, string_agg(c.oid::regclass::text, ', ' ORDER BY c.relname)
FROM sealed s JOIN pg_class c ON c.oid = s.id CROSS JOIN ({MIGHT_BE}) m
WHERE m.rolname !~ '^pg_' AND (c.relowner = m.oid OR CASE c.relkind
  WHEN 'S' THEN has_sequence_privilege(m.oid, c.oid, 'SELECT, UPDATE, USAGE')
  ELSE has_table_privilege(m.oid, c.oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER')
    OR has_any_column_privilege(m.oid, c.oid, 'SELECT, INSERT, UPDATE, REFERENCES') END)
GROUP BY 1, 2 ORDER BY 1, 2
"""  # noqa: S608 - words of our own
"""Of these, what each of the roles owns or has any right on, be it by one column or through PUBLIC."""

FUNCTIONS = f"""{SEALED}
SELECT DISTINCT p.oid::regprocedure::text FROM pg_proc p CROSS JOIN ({MIGHT_BE}) m
WHERE p.prosecdef AND p.prorettype <> 'trigger'::regtype AND has_function_privilege(m.oid, p.oid, 'EXECUTE')
  AND EXISTS (SELECT 1 FROM sealed s JOIN pg_class c ON c.oid = s.id AND c.relkind <> 'S'
    WHERE has_any_column_privilege(p.proowner, c.oid, 'SELECT'))
ORDER BY 1
"""  # noqa: S608 - words of our own
"""Functions that act with the rights of an owner who can read what is sealed."""


def ways_to_what_is_sealed(cursor: Any) -> list[str]:
    """Each thing that is wrong with the role that logged in, with what mends it; nothing if all is well.

    What comes from an attribute or another role is told alone, as it brings rights along that look like the
    role's own. `session_user` is asked about, because a connection that took on a lesser role can go back.
    """
    cursor.execute("SELECT session_user")
    [(own,)] = cursor.fetchall()
    tables = f"^({'|'.join(SEALED_PREFIXES)})"
    powers = _asked(cursor, POWERS)
    if (own, "SUPERUSER") in powers:  # who counts as a member of every role
        return [_power(own, own, "SUPERUSER")]
    held = _asked(cursor, RELATIONS, tables)
    lent = [
        *(_power(own, role, power) for role, power in powers),
        *(f"it is a member of {role} (REVOKE {role} FROM {own})" for (role,) in _asked(cursor, MEMBERSHIPS)),
        *(_right(own, *row) for row in held if row[0] != own),
    ]
    return lent or [
        *(_right(own, *row) for row in held),
        *(_function(own, name) for (name,) in _asked(cursor, FUNCTIONS, tables)),
    ]


def _asked(cursor: Any, query: str, *parameters: str) -> list[Any]:
    cursor.execute(query, parameters or None)
    return list(cursor.fetchall())


def _power(own: str, role: str, power: str) -> str:
    if role == own:
        return f"it is {power} (ALTER ROLE {own} NO{power})"
    return f"it is a member of {role}, which is {power} (REVOKE {role} FROM {own})"


def _right(own: str, role: str, owned: bool, names: str) -> str:
    if role != own:
        return f"it is a member of {role}, which has rights on {names} (REVOKE {role} FROM {own})"
    if owned:
        return f"it owns {names} (ALTER TABLE ... OWNER TO the owner of the other tables)"
    return f"it has rights on {names} (REVOKE ALL ON {names} FROM PUBLIC, {own})"


def _function(own: str, name: str) -> str:
    return f"it may run {name} as its owner (REVOKE EXECUTE ON FUNCTION {name} FROM PUBLIC, {own})"
