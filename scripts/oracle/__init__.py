"""What Barrow's packages are held against: pip's tree, and other people's zip readers."""
