using System.Diagnostics;
using Slipway.EndToEnd.Support;

namespace Slipway.EndToEnd.Build;

/// <summary>
/// buildah's conformance cases, from Debian's source package: each image is compared, file by file and layer over layer, with what BuildKit made of the same case. Needs
/// the package registry; tests/conformance/dockerfiles has the means.
/// </summary>
[Trait("Category", "Long")]
public sealed class CorpusTests
{
    private static readonly TimeSpan Bound = TimeSpan.FromMinutes(40);

    [Fact]
    public async Task Every_case_gives_what_BuildKit_gives_but_those_that_are_known_to_differ()
    {
        ProcessStartInfo start = new("python3", [RepositoryRoot.At("tests", "conformance", "dockerfiles", "corpus.py"), "check", SlipwayBinary.Program])
        {
            RedirectStandardOutput = true,
        };
        using Process corpus = Process.Start(start) ?? throw new InvalidOperationException("python3 did not start");
        using CancellationTokenSource bound = new(Bound);
        try
        {
            string said = await corpus.StandardOutput.ReadToEndAsync(bound.Token);
            await corpus.WaitForExitAsync(bound.Token);
            Assert.True(corpus.ExitCode == 0, said);
        }
        finally
        {
            if (!corpus.HasExited)
            {
                corpus.Kill(entireProcessTree: true);
            }
        }
    }
}
