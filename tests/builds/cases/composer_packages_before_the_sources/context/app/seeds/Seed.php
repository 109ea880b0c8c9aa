<?php
class Seed
{
    public function price(): string
    {
        return Acme\Money\Money::of(3);
    }
}
