"""What the office may have done at the recorder: one module for each deed, check, change and entry in one."""
