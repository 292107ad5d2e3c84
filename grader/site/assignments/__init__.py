"""What an assignment means on the page: dates, costs, exams, more time, gradebooks."""
