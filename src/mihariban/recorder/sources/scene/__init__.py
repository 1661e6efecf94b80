"""The drawn scene: shapes, people and a hall in numpy, without pictures from anywhere."""
