using System.Collections.Immutable;
using Slipway.Build.Dockerfiles;

namespace Slipway.Build.Planning;

/// <summary>The variables before the first FROM: the platform's, and the global ARGs with what the caller gave for them.</summary>
internal sealed class GlobalScope
{
    /// <summary>Usable in every RUN without being declared, and no part of a step's identity (Dockerfile reference, "Predefined ARGs").</summary>
    public static readonly ImmutableArray<string> Proxies =
    [
        "HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "FTP_PROXY", "ftp_proxy", "NO_PROXY", "no_proxy", "ALL_PROXY", "all_proxy",
    ];

    private readonly Dictionary<string, string?> _values = new(StringComparer.Ordinal);
    private readonly IReadOnlyDictionary<string, string> _given;

    public GlobalScope(Dockerfile dockerfile, PlanRequest request, PlanFaults faults)
    {
        _given = request.BuildArgs;
        foreach (string side in (string[])["TARGET", "BUILD"])
        {
            Predefine(side + "PLATFORM", "linux/" + request.Architecture);
            Predefine(side + "OS", "linux");
            Predefine(side + "ARCH", request.Architecture);
            Predefine(side + "VARIANT", "");
        }

        WordExpander expander = new(dockerfile.Escape);
        foreach (ArgInstruction instruction in dockerfile.GlobalArguments)
        {
            foreach (NameValue argument in instruction.Arguments)
            {
                _values[argument.Name] = _given.TryGetValue(argument.Name, out string? given) ? given
                    : argument.Value is null ? null
                    : faults.Try(instruction.Span, () => expander.ExpandWord(argument.Value, Find), "");
            }
        }
    }

    /// <summary>The value of a variable in a FROM, or null.</summary>
    public string? Find(string name) => _values.GetValueOrDefault(name);

    /// <summary>The value of an ARG that a stage declares: the caller's, else the stage's default, else the global one.</summary>
    public string? ValueInStage(string name, Func<string?> stageDefault) =>
        _given.TryGetValue(name, out string? given) ? given : stageDefault() ?? Find(name);

    private void Predefine(string name, string value) => _values[name] = _given.TryGetValue(name, out string? given) ? given : value;
}
