from statistics import median

takes_the_median = median
