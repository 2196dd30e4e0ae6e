"""Which version of isthmus this is.

To import what asks the installed package takes 10 to 20 ms of each start.
"""

VERSION = "0.1.0"
