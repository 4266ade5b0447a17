"""How a database gets from any earlier form to the present one."""
