"""What is wrong with the content: codes, places and their renderings. Rules live elsewhere."""
