"""The tools that fetch what a compiled or bundled project needs, and build it."""

from __future__ import annotations

from optimizer.effects.tool import Tool
from optimizer.effects.tools.bootsnap import BOOTSNAP
from optimizer.effects.tools.bundler import BUNDLE
from optimizer.effects.tools.cargo import CARGO
from optimizer.effects.tools.cmake import CMAKE
from optimizer.effects.tools.composer import COMPOSER
from optimizer.effects.tools.dotnet import DOTNET
from optimizer.effects.tools.gem import GEM
from optimizer.effects.tools.go import GO
from optimizer.effects.tools.gradle_wrapper import GRADLEW
from optimizer.effects.tools.jar import JAR
from optimizer.effects.tools.make import MAKE
from optimizer.effects.tools.maven import MAVEN_TOOLS
from optimizer.effects.tools.maven_wrapper import MVNW
from optimizer.effects.tools.mix import MIX
from optimizer.effects.tools.rustup import RUST_TOOLS

TOOLS: tuple[Tool, ...] = (
    GO,
    GRADLEW,
    JAR,
    CARGO,
    *RUST_TOOLS,
    CMAKE,
    COMPOSER,
    BUNDLE,
    GEM,
    BOOTSNAP,
    DOTNET,
    MAKE,
    *MAVEN_TOOLS,
    MVNW,
    MIX,
)
