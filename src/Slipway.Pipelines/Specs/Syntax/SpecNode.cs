using System.Collections.Immutable;

namespace Slipway.Pipelines.Specs.Syntax;

/// <summary>A place in a file, both counted from one; the column counts UTF-16 units.</summary>
internal readonly record struct SpecPosition(int Line, int Column);

/// <summary>What JSON and YAML have in common: a value with the place where it stands, so that a fault can point there.</summary>
internal abstract record SpecNode(SpecPosition At);

/// <summary>A single value. <paramref name="Text"/> is its text as written, unescaped.</summary>
internal sealed record SpecScalar(SpecPosition At, ScalarKind Kind, string Text) : SpecNode(At);

/// <summary>A list of values.</summary>
internal sealed record SpecList(SpecPosition At, ImmutableArray<SpecNode> Items) : SpecNode(At);

/// <summary>Named values in the order of the file. A name may occur twice; the binder reports it.</summary>
internal sealed record SpecMap(SpecPosition At, ImmutableArray<SpecField> Fields) : SpecNode(At);

/// <summary>One named value of a <see cref="SpecMap"/>.</summary>
internal sealed record SpecField(string Name, SpecPosition At, SpecNode Value);

/// <summary>What a <see cref="SpecScalar"/> is in its language.</summary>
internal enum ScalarKind
{
    Null,
    Boolean,
    Number,
    Text,
}
