"""What is true and what may change it: shapes, statements, rules, migrations and the only sessions."""
