"""The rules, by topic and, where a topic is large, by cloud."""
