"""What people read: the board in a terminal, the maps, and the page. Import the module that you need.

Nothing is re-exported here, so that a board on a terminal loads neither matplotlib nor jinja2.
"""
