"""Provide the Django database engine ``raci.database``: PostgreSQL, embedded if chosen."""

import select
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.db.backends.postgresql import base
from django.db.utils import NotSupportedError
from django.utils.asyncio import async_unsafe
from django.utils.functional import cached_property

from raci.database import address, query_timing
from raci.database.client import DatabaseClient
from raci.database.errors import OldServerError, UnreachableDatabaseError, cause, place
from raci.database.schema import SchemaEditor

if TYPE_CHECKING:
    from raci.database.cluster import Cluster

ADVICE = "サーバーが動いているか、DATABASE_URL の接続先・利用者・パスワードを確認してください。"
ADVICE_EMBEDDED = "内蔵のサーバーの記録（postgres.log）を確認してください。"


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's PostgreSQL engine that starts the embedded server and explains errors.

    The errors are UnreachableDatabaseError and OldServerError: still OperationalError and
    NotSupportedError.
    """

    client_class = DatabaseClient
    SchemaEditorClass = SchemaEditor

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.execute_wrappers.append(query_timing.timed)

    @cached_property
    def cluster(self) -> "Cluster | None":
        """Return the embedded server that the settings choose; None with DATABASE_URL."""
        if "RACI_CLUSTER" not in self.settings_dict:
            return None
        # Late: the wheel is not loaded where DATABASE_URL makes it unnecessary.
        from raci.database.cluster import Cluster

        return Cluster(Path(self.settings_dict["RACI_CLUSTER"]))

    @async_unsafe
    def get_new_connection(self, conn_params: dict[str, Any]) -> object:
        """Start the embedded server and connect. Raises UnreachableDatabaseError."""
        # The driver calls an address it cannot even read a ProgrammingError.
        failures = (self.Database.OperationalError, self.Database.ProgrammingError)
        try:
            if self.cluster is None:
                return super().get_new_connection(conn_params)
            return self._embedded_connection(self.cluster, conn_params)
        except failures as error:
            advice = ADVICE if self.cluster is None else ADVICE_EMBEDDED
            message = f"データベースに接続できません（{place(conn_params)}）。{advice}"
            raise UnreachableDatabaseError(f"{message}原因: {cause(error)}") from error

    def is_usable(self) -> bool:
        """Return whether the connection is alive, before the first statement of a request.

        A connection that the server ended is readable. Only then a query checks it, which costs a
        round trip.
        """
        if self.connection is None or self.connection.closed:
            return False
        poll = select.poll()
        poll.register(self.connection, select.POLLIN)
        return not poll.poll(0) or super().is_usable()

    def check_database_version_supported(self) -> None:
        """Raise OldServerError for an old server, and close the connection."""
        try:
            super().check_database_version_supported()
        except NotSupportedError as error:
            self.close()
            message = f"データベースサーバーが古すぎます（{place(self.get_connection_params())}）。"
            minimum = ".".join(map(str, self.features.minimum_database_version or ()))
            advice = f"PostgreSQL {minimum} 以降のサーバーを使ってください。"
            raise OldServerError(f"{message}{advice}原因: {cause(error)}") from error

    def _embedded_connection(self, cluster: "Cluster", conn_params: dict[str, Any]) -> object:
        cluster.use()
        try:
            return super().get_new_connection(conn_params)
        except self.Database.OperationalError:
            if conn_params["dbname"] != address.DATABASE:
                raise
            # A new cluster lacks the database; the driver has no error code for it.
            cluster.create_database()
            return super().get_new_connection(conn_params)
