"""What a database holds, asked in plain SQL that was written apart from the library.

Of a storage its snapshots are asked, because those lock nothing and so are in nobody's way.
"""

import sqlalchemy as sa

OVERLAPS = """
    SELECT one.id AS one, other.id AS other
    FROM scheduling_appointment AS one
    JOIN scheduling_appointment AS other ON other.host = one.host AND other.id > one.id
    WHERE one.occupied_start < other.occupied_end AND other.occupied_start < one.occupied_end
      AND one.status NOT IN ('cancelled', 'declined') AND other.status NOT IN ('cancelled', 'declined')
"""

# Each finds what must not be: rows that one table has and another should have, but has not.
DISAGREEMENTS = {
    "a host whose version is not that of its last change": """
        SELECT id FROM scheduling_host WHERE version <>
            (SELECT coalesce(max(version), 0) FROM scheduling_change_log WHERE host = scheduling_host.key)
    """,
    "a host whose changes have gaps": """
        SELECT id FROM scheduling_host WHERE version <>
            (SELECT count(*) FROM scheduling_change_log WHERE host = scheduling_host.key)
    """,
    "an appointment without one change for each of its versions": """
        SELECT id FROM scheduling_appointment WHERE version <>
            (SELECT count(*) FROM scheduling_change_log WHERE appointment = scheduling_appointment.id)
    """,
    "a change of an appointment that is not there": """
        SELECT appointment FROM scheduling_change_log WHERE appointment IS NOT NULL
            AND appointment NOT IN (SELECT id FROM scheduling_appointment)
    """,
    "an appointment of whose version no calendar is to hear": """
        SELECT id FROM scheduling_appointment WHERE 1 <>
            (SELECT count(*) FROM scheduling_sync AS wanted
             WHERE wanted.appointment = scheduling_appointment.id
                AND wanted.desired_version = scheduling_appointment.version)
    """,
    "a delivery of an appointment that is not there": """
        SELECT appointment FROM scheduling_sync
        WHERE appointment NOT IN (SELECT id FROM scheduling_appointment)
    """,
    "a stored answer about an appointment that is not there": """
        SELECT key FROM scheduling_idempotency
        WHERE appointment NOT IN (SELECT id FROM scheduling_appointment)
    """,
}
WITH_KEYS = {
    "an appointment whose customer's name is not the key of one answer about it": """
        SELECT id FROM scheduling_appointment WHERE 1 <>
            (SELECT count(*) FROM scheduling_idempotency AS stored
             WHERE stored.appointment = scheduling_appointment.id AND stored.key = customer_name)
    """,
    "a key with several appointments": """
        SELECT customer_name FROM scheduling_appointment GROUP BY customer_name HAVING count(*) > 1
    """,
}


def find_overlaps(engine: sa.Engine) -> list[tuple[str, str]]:
    """Return the pairs of appointments that both hold their time and overlap."""
    with engine.connect() as connection:
        return [(row.one, row.other) for row in connection.execute(sa.text(OVERLAPS))]


def find_disagreements(engine: sa.Engine, *, with_keys: bool = True) -> list[tuple[str, object]]:
    """Return in words where tables do not agree, each with the row that shows it.

    *with_keys* is for databases in which every appointment was booked under its customer's name as the key.
    """
    questions = DISAGREEMENTS | (WITH_KEYS if with_keys else {})
    with engine.connect() as connection:
        found = [
            (words, row[0])
            for words, question in questions.items()
            for row in connection.execute(sa.text(question))
        ]
        if connection.dialect.name == "sqlite":
            verdicts = connection.exec_driver_sql("PRAGMA integrity_check").scalars()
            found += [("integrity_check", verdict) for verdict in verdicts if verdict != "ok"]
    return found


def booked_ids(engine: sa.Engine) -> dict[str, str]:
    """Return the id of every appointment by its customer's name."""
    with engine.connect() as connection:
        found = connection.execute(sa.text("SELECT customer_name, id FROM scheduling_appointment"))
        return {row.customer_name: row.id for row in found}
