"""What the machine, the database and the model can do here, each finding with what to do."""
