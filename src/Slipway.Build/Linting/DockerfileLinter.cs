using System.Collections.Immutable;
using Slipway.Build.Dockerfiles;
using Slipway.Images;

namespace Slipway.Build.Linting;

/// <summary>Looks for what BuildKit's build checks warn of, under their documented names. Pure: base images are handed in.</summary>
public static class DockerfileLinter
{
    /// <param name="baseOf">The config of an image that a FROM names, or null where it is not known.</param>
    /// <param name="ignored">What .dockerignore left out of the context.</param>
    /// <returns>In the order of their lines.</returns>
    public static ImmutableArray<Finding> Check(Dockerfile dockerfile, Func<string, ImageConfig?> baseOf, IReadOnlyCollection<string> ignored)
    {
        CheckDirective directive = CheckDirective.Of(dockerfile.Lines);
        List<Finding> findings = [];
        findings.AddRange(FormRules.Check(dockerfile));
        findings.AddRange(StageRules.Check(dockerfile));
        findings.AddRange(ValueRules.Check(dockerfile, ignored));
        findings.AddRange(VariableRules.Check(dockerfile, baseOf));
        return [.. findings.Where(finding => directive.Looks(finding.Rule, finding.Rule == FormRules.Description)).Distinct().OrderBy(finding => finding.Line)];
    }
}
