"""Simulated clouds: provider plugins that answer as aws, gcp and azure-native to the real engine."""
