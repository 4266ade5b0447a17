"""What is remembered: tables, engine, migrations, and a store whose methods are the only queries."""
