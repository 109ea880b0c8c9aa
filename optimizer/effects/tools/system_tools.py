"""The system's own programs: files, packages, downloads, archives, accounts."""

from __future__ import annotations

from optimizer.effects.tool import Tool
from optimizer.effects.tools.accounts import ACCOUNT_TOOLS
from optimizer.effects.tools.archives import ARCHIVE_TOOLS
from optimizer.effects.tools.checksums import CHECKSUMS
from optimizer.effects.tools.editors import EDITOR_TOOLS
from optimizer.effects.tools.fetch import FETCH_TOOLS
from optimizer.effects.tools.files import FILE_TOOLS
from optimizer.effects.tools.find import FIND
from optimizer.effects.tools.git import GIT
from optimizer.effects.tools.grep import GREP
from optimizer.effects.tools.installers import NVM
from optimizer.effects.tools.listing import LISTING_TOOLS
from optimizer.effects.tools.ownership import OWNERSHIP_TOOLS
from optimizer.effects.tools.packages import PACKAGE_TOOLS
from optimizer.effects.tools.php import PHP_TOOLS
from optimizer.effects.tools.plain import PLAIN_TOOLS
from optimizer.effects.tools.readers import READER_TOOLS
from optimizer.effects.tools.rsync import COPY_TOOLS
from optimizer.effects.tools.transfers import TRANSFER_TOOLS

TOOLS: tuple[Tool, ...] = (
    *PLAIN_TOOLS,
    *READER_TOOLS,
    *LISTING_TOOLS,
    GREP,
    CHECKSUMS,
    *EDITOR_TOOLS,
    *FILE_TOOLS,
    *TRANSFER_TOOLS,
    *OWNERSHIP_TOOLS,
    FIND,
    *PACKAGE_TOOLS,
    *FETCH_TOOLS,
    *ARCHIVE_TOOLS,
    *ACCOUNT_TOOLS,
    *COPY_TOOLS,
    *PHP_TOOLS,
    GIT,
    NVM,
)
