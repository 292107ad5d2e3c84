"""Reports about a class: gradebook files and the class report."""
