namespace Slipway.Engine;

/// <summary>
/// Keeps the filter that crun has compiled of the seccomp profile for the first container, and hands it to crun with every later one: compiling it
/// again would be more than half of the time that a container takes to start. A runtime that does not know the annotation compiles
/// the profile, which is always there too.
/// </summary>
internal sealed class CompiledSeccomp
{
    /// <summary>crun's name for a filter in base64 (its manual, "run.oci.seccomp_bpf_data").</summary>
    public const string Annotation = "run.oci.seccomp_bpf_data";

    private const int InstructionSize = 8;

    private volatile string? _filter;

    /// <summary>The filter, or null where none is known yet.</summary>
    public string? Filter => _filter;

    /// <summary>Learns the filter of a container that was created just now; does nothing where its runtime keeps none.</summary>
    public void Learn(string containerStateDirectory)
    {
        string file = Path.Combine(containerStateDirectory, "seccomp.bpf");
        if (_filter is null && File.Exists(file))
        {
            byte[] filter = File.ReadAllBytes(file);
            _filter = filter.Length > 0 && filter.Length % InstructionSize == 0 ? Convert.ToBase64String(filter) : null;
        }
    }
}
