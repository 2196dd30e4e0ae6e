"""Which version of isthmus this is; to ask the installed package takes longer than to judge a stack."""

VERSION = "0.1.0"
