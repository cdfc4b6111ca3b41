namespace Slipway.EndToEnd.Support;

/// <summary>One server with a home of its own, shared by the tests of a class; each test uses names of its own in it.</summary>
public sealed class SlipwayFixture : IAsyncLifetime
{
    private SlipwayBinary? _slipway;

    internal SlipwayBinary Slipway => _slipway ?? throw new InvalidOperationException("the fixture is not initialised");

    /// <inheritdoc/>
    public async Task InitializeAsync() => _slipway = await SlipwayBinary.CreateAsync();

    /// <inheritdoc/>
    public async Task DisposeAsync()
    {
        if (_slipway is not null)
        {
            await _slipway.DisposeAsync();
        }
    }
}
