"""The system's own programs: files, packages, downloads, archives, accounts."""

from __future__ import annotations

from optimizer.effects.tool import Tool
from optimizer.effects.tools.accounts import ACCOUNT_TOOLS
from optimizer.effects.tools.archives import ARCHIVE_TOOLS
from optimizer.effects.tools.fetch import FETCH_TOOLS
from optimizer.effects.tools.files import FILE_TOOLS
from optimizer.effects.tools.git import GIT
from optimizer.effects.tools.packages import PACKAGE_TOOLS

SYSTEM_TOOLS: tuple[Tool, ...] = (
    *FILE_TOOLS, *PACKAGE_TOOLS, *FETCH_TOOLS, *ARCHIVE_TOOLS, *ACCOUNT_TOOLS, GIT,
)  # fmt: skip
