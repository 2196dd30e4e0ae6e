"""How Azure says it: networks, keys, stores and clusters in the words of Azure Resource Manager."""
