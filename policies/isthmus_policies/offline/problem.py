"""What keeps the gate from judging: never a silent pass, always an error with a way out."""


class CannotJudge(Exception):
    """Something that was asked for cannot be read or does not exist.

    `where` is the file or option, `what` is wrong with it, `hint` says what to do instead.
    """

    def __init__(self, where: str, what: str, hint: str) -> None:
        super().__init__(f"{where}: {what}\n  {hint}")
        self.where, self.what, self.hint = where, what, hint
