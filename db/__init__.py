"""What is remembered: tables, engine, migrations, and a store with the only queries there are."""
