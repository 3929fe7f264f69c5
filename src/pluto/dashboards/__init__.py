"""Draws: a Grafana dashboard for each watched miner and one for all, as files that Grafana reads and then shows to everybody."""
