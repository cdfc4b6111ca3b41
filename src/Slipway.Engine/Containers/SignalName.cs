using System.Collections.Frozen;
using System.Globalization;
using Slipway.Content;

namespace Slipway.Engine;

/// <summary>Signals by name and number.</summary>
public static class SignalName
{
    private const int Maximum = 64;

    private const string Names =
        "HUP=1 INT=2 QUIT=3 ILL=4 TRAP=5 ABRT=6 IOT=6 BUS=7 FPE=8 KILL=9 USR1=10 SEGV=11 USR2=12 PIPE=13 ALRM=14 TERM=15 STKFLT=16 CHLD=17 CLD=17 "
        + "CONT=18 STOP=19 TSTP=20 TTIN=21 TTOU=22 URG=23 XCPU=24 XFSZ=25 VTALRM=26 PROF=27 WINCH=28 IO=29 POLL=29 PWR=30 SYS=31 RTMIN=34 RTMAX=64";

    private static readonly FrozenDictionary<string, int> Numbers = Names.Split(' ')
        .Select(pair => pair.Split('='))
        .ToFrozenDictionary(pair => pair[0], pair => int.Parse(pair[1], CultureInfo.InvariantCulture), StringComparer.OrdinalIgnoreCase);

    /// <summary>Reads <c>TERM</c>, <c>SIGTERM</c>, <c>15</c>, <c>RTMIN+3</c> or <c>SIGRTMAX-1</c>.</summary>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.InvalidArgument"/>: no such signal.</exception>
    public static int Parse(string text)
    {
        string name = text.StartsWith("SIG", StringComparison.OrdinalIgnoreCase) ? text[3..] : text;
        int offsetAt = name.IndexOfAny(['+', '-'], 1 < name.Length ? 1 : 0);
        string start = offsetAt > 0 ? name[..offsetAt] : name;
        int offset = 0;
        bool valid = offsetAt <= 0 || (start.StartsWith("RT", StringComparison.OrdinalIgnoreCase)
            && int.TryParse(name.AsSpan(offsetAt), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out offset));
        valid &= Numbers.TryGetValue(start, out int number) || int.TryParse(start, NumberStyles.None, CultureInfo.InvariantCulture, out number);
        number += offset;
        return valid && number is > 0 and <= Maximum
            ? number
            : throw new SlipwayException(ErrorKind.InvalidArgument, $"'{text}' is not a signal", "Use a name like TERM or SIGINT, or a number from 1 to 64.");
    }
}
