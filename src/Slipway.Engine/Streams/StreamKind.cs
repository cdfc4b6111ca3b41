namespace Slipway.Engine;

/// <summary>Which of a process's outputs some bytes came from. The numbers are those of Docker's stream frames.</summary>
public enum StreamKind
{
    Stdout = 1,
    Stderr = 2,
}
