"""The schema's history: one file a step in versions/, run by newscrawler.store.migrate."""
