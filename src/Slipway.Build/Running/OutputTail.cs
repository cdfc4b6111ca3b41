using System.Text;

namespace Slipway.Build.Running;

/// <summary>Keeps the last lines of a command's output for the message of its failure.</summary>
internal sealed class OutputTail
{
    private const int Lines = 20;
    private const int MaximumLine = 2000;

    private readonly Queue<string> _lines = new();
    private readonly StringBuilder _line = new();

    public void Add(string text)
    {
        foreach (char character in text)
        {
            if (character == '\n')
            {
                EndLine();
            }
            else if (character == '\r')
            {
                // A progress bar draws over its line; what it says last is what stays.
                _line.Clear();
            }
            else if (_line.Length < MaximumLine)
            {
                _line.Append(character);
            }
        }
    }

    /// <summary>At most 20 lines, oldest first.</summary>
    public IReadOnlyList<string> Take()
    {
        if (_line.Length > 0)
        {
            EndLine();
        }

        return [.. _lines];
    }

    private void EndLine()
    {
        _lines.Enqueue(_line.ToString());
        _line.Clear();
        if (_lines.Count > Lines)
        {
            _lines.Dequeue();
        }
    }
}
