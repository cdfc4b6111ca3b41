using System.Globalization;
using System.Text;
using Slipway.Content;

namespace Slipway.Pipelines.Specs.Syntax;

/// <summary>
/// Gathers everything that is wrong with one file, so that a person mends it in one round. Reported as one
/// <see cref="SlipwayException"/> whose message has, per fault, <c>file:line:column: field: what</c> and the line itself.
/// </summary>
internal sealed class SpecFaults(string fileName, string text)
{
    private const int MostReported = 50;
    private const int WidestLine = 120;
    private readonly List<Fault> _faults = [];
    private string[]? _lines;

    /// <summary>True where something was wrong.</summary>
    public bool Any => _faults.Count > 0;

    /// <summary>Notes a fault. The same one at the same place is kept once.</summary>
    public void Add(SpecPosition at, string field, string message)
    {
        var fault = new Fault(at, field, message);
        if (!_faults.Contains(fault) && _faults.Count < 10_000)
        {
            _faults.Add(fault);
        }
    }

    /// <summary>Throws one exception that holds every fault in the order of the file.</summary>
    public void ThrowIfAny()
    {
        if (!Any)
        {
            return;
        }

        var message = new StringBuilder();
        foreach (Fault fault in _faults.OrderBy(f => f.At.Line).ThenBy(f => f.At.Column).Take(MostReported))
        {
            Append(message, fault);
        }

        if (_faults.Count > MostReported)
        {
            message.Append(CultureInfo.InvariantCulture, $"… and {_faults.Count - MostReported} more\n");
        }

        string what = _faults.Count == 1 ? "this field" : $"these {_faults.Count} faults";
        throw new SlipwayException(ErrorKind.InvalidArgument, message.ToString().TrimEnd('\n'), $"Mend {what} in {fileName} and send it again.");
    }

    private void Append(StringBuilder message, Fault fault)
    {
        message.Append(CultureInfo.InvariantCulture, $"{fileName}:{fault.At.Line}:{fault.At.Column}: ");
        if (fault.Field.Length > 0)
        {
            message.Append(CultureInfo.InvariantCulture, $"{fault.Field}: ");
        }

        message.Append(fault.Message).Append('\n');
        _lines ??= text.Split('\n');
        if (fault.At.Line < 1 || fault.At.Line > _lines.Length)
        {
            return;
        }

        string line = _lines[fault.At.Line - 1].TrimEnd('\r');
        int column = Math.Clamp(fault.At.Column - 1, 0, line.Length);
        int from = column > WidestLine - 20 ? column - 40 : 0;
        string shown = new([.. line.Skip(from).Take(WidestLine).Select(c => char.IsControl(c) ? ' ' : c)]);
        string number = fault.At.Line.ToString(CultureInfo.InvariantCulture).PadLeft(5);
        message.Append(CultureInfo.InvariantCulture, $"{number} | {shown}\n      | {new string(' ', column - from)}^\n");
    }

    private readonly record struct Fault(SpecPosition At, string Field, string Message);
}
