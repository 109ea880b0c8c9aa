"""What a changed instruction does to the steps behind it (rules 3.1 and 3.6)."""

from __future__ import annotations

from tests.cache.scenarios.scenario import Scenario

_REST = "\nCOPY f /c\nRUN echo one\nCOPY f /f"

# Rule, what is shown, the instruction, what it becomes, and then: COPY, RUN, COPY.
_ROWS = [
    ("3.1", "ENV has another value", "ENV A=1", "ENV A=2", "hmm"),
    ("3.1", "ENV is new", "", "ENV A=1", "hmm"),
    ("3.1", "ENV is gone", "ENV A=1", "", "hmm"),
    ("3.1", "two ENV change places", "ENV A=1\nENV B=2", "ENV B=2\nENV A=1", "hmm"),
    ("3.1", "two variables of one ENV change places", "ENV A=1 B=2", "ENV B=2 A=1", "hmm"),
    ("3.1", "two ENV become one", "ENV A=1\nENV B=2", "ENV A=1 B=2", "hhh"),
    ("3.1", "an ENV that is overwritten", "ENV A=2", "ENV A=1\nENV A=2", "hhh"),
    ("3.1", "the last ENV is set again", "ENV A=1\nENV B=2", "ENV A=1\nENV B=2\nENV B=2", "hhh"),
    ("3.1", "an older ENV is set again", "ENV A=1\nENV B=2", "ENV A=1\nENV B=2\nENV A=1", "hmm"),
    ("1.7", "ENV by another variable of equal value", "ENV A=1 B=1", "ENV A=1\nENV B=$A", "hhh"),
    ("1.7", "the words of one ENV see what is before it", "ENV A=1\nENV A=2 B=$A", "ENV A=1\nENV A=2 B=1", "hhh"),
    ("1.7", "ENV in the old form", "ENV A=1", "ENV A 1", "hhh"),
    ("1.7", "ENV with quotes", "ENV A=1", 'ENV A="1"', "hhh"),
    ("1.7", "ENV with a default of an unset variable", "ENV A=1", "ENV A=${NO:-1}", "hhh"),
    ("1.7", "ENV with an alternative of a set variable", "ENV B=x\nENV A=1", "ENV B=x\nENV A=${B:+1}", "hhh"),
    ("3.1", "ARG has another default", "ARG A=1", "ARG A=2", "hmm"),
    ("3.1", "ARG without a value is new", "", "ARG A", "hhh"),
    ("3.1", "ARG with an empty value is new", "", "ARG A=", "hmm"),
    ("3.1", "two ARG change places", "ARG A=1\nARG B=2", "ARG B=2\nARG A=1", "hmm"),
    ("3.1", "ARG and ENV change places", "ARG A=1\nENV B=2", "ENV B=2\nARG A=1", "hmm"),
    ("1.8", "ARG becomes ENV of the same value", "ARG A=1", "ENV A=1", "hhh"),
    ("1.8", "ARG behind an ENV of its name wins", "ENV A=1\nARG A=2", "ENV A=3\nARG A=2", "hhh"),
    ("1.8", "ENV behind an ARG of its name wins", "ARG A=2\nENV A=1", "ARG A=3\nENV A=1", "hhh"),
    ("1.8", "ARG without a value leaves an ENV", "ENV A=1", "ENV A=1\nARG A", "hhh"),
    ("1.8", "a proxy that is declared", "ARG HTTP_PROXY=a", "ARG HTTP_PROXY=b", "hmm"),
    ("3.1", "USER is another one", "USER root", "USER nobody", "hmm"),
    ("3.1", "USER root is not no USER", "", "USER root", "hmm"),
    ("3.1", "USER root is not USER 0", "USER root", "USER 0", "hmm"),
    ("3.1", "USER with a group", "USER nobody", "USER nobody:nogroup", "hmm"),
    ("1.7", "USER by a variable of equal value", "ENV U=nobody\nUSER nobody", "ENV U=nobody\nUSER $U", "hhh"),
    ("3.1", "SHELL is another one", "", 'SHELL ["/bin/sh", "-ec"]', "hmm"),
    ("3.1", "SHELL is what it is without", "", 'SHELL ["/bin/sh", "-c"]', "hhh"),
    ("3.1", "WORKDIR is another one", "WORKDIR /v", "WORKDIR /w", "mmmm"),
    ("3.1", "WORKDIR / is nothing", "", "WORKDIR /", "hhh"),
    ("3.3", "WORKDIR is new, and left again", "", "WORKDIR /usr\nWORKDIR /", "mmmm"),
    ("3.3", "WORKDIR with a slash at its end", "WORKDIR /w", "WORKDIR /w/", "hhmm"),
    ("3.3", "WORKDIR by a way around", "WORKDIR /w", "WORKDIR /x/../w", "hhmm"),
    ("3.3", "WORKDIR relative with a slash at its end", "WORKDIR w", "WORKDIR w/", "hhhh"),
    ("3.3", "WORKDIR relative to the one before", "WORKDIR /w\nWORKDIR x", "WORKDIR /w\nWORKDIR /w/x", "hhhhh"),
    ("3.3", "WORKDIR by a variable of equal value", "ENV D=/w\nWORKDIR /w", "ENV D=/w\nWORKDIR $D", "hhhh"),
    ("3.3", "two WORKDIR become one", "WORKDIR /w\nWORKDIR x", "WORKDIR /w/x", "mmmm"),
    ("3.3", "WORKDIR belongs to the USER", "USER 1\nWORKDIR /w", "USER 2\nWORKDIR /w", "mmmm"),
    ("3.6", "LABEL has another value", "LABEL a=1", "LABEL a=2", "hhh"),
    ("3.6", "LABEL is new", "", "LABEL a=1", "hhh"),
    ("3.6", "MAINTAINER is another one", "MAINTAINER a", "MAINTAINER b", "hhh"),
    ("3.6", "CMD is another one", "CMD a", "CMD b", "hhh"),
    ("3.6", "ENTRYPOINT is another one", "ENTRYPOINT a", 'ENTRYPOINT ["a"]', "hhh"),
    ("3.6", "EXPOSE is another one", "EXPOSE 80", "EXPOSE 81", "hhh"),
    ("3.6", "HEALTHCHECK is another one", "HEALTHCHECK CMD a", "HEALTHCHECK NONE", "hhh"),
    ("3.6", "STOPSIGNAL is another one", "STOPSIGNAL 9", "STOPSIGNAL SIGTERM", "hhh"),
    ("3.6", "VOLUME is another one", "VOLUME /v", 'VOLUME ["/w"]', "hhh"),
    ("3.6", "ONBUILD is another one", "ONBUILD RUN a", "ONBUILD RUN b", "hhh"),
    ("3.6", "a comment and blank lines", "", "# a comment\n\n\n", "hhh"),
    ("2.5", "metadata on other lines", "LABEL a=1\nEXPOSE 80", "EXPOSE 80\nLABEL a=1\n", "hhh"),
    ("3.1", "RUN in front is another one", "RUN echo a", "RUN echo b", "mmmm"),
    ("2.C1", "RUN in front is run again and leaves the same", "RUN echo x > /x # 1", "RUN echo x > /x # 2", "mmmm"),
    ("2.C2", "RUN in front is new and does nothing", "", "RUN true", "mmmm"),
    ("2.C2", "COPY in front is another one", "COPY f /1", "COPY f /2", "mmmm"),
    ("2.C2", "two steps that need nothing of each other change places", "RUN echo a\nRUN echo b", "RUN echo b\nRUN echo a", "mmmmm"),
    ("2.K6", "steps behind another spelling of one COPY", "COPY f /d/", "COPY ./f /d/", "hhhh"),
]  # fmt: skip

LATER = [
    Scenario(rule, f"later steps: {name}", before + _REST, after + _REST, steps)
    for rule, name, before, after, steps in _ROWS
]
